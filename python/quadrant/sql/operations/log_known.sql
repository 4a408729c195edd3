select exists (select from analyst.log), exists (select from analyst.windows)
