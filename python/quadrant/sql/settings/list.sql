select s.* from analyst.settings as s;
