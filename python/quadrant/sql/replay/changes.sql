select h.changes_in_words from analyst.headline as h
