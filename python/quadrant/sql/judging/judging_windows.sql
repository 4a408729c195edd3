select w.ids, w.versions from learning.judging_windows(%s) as w;
