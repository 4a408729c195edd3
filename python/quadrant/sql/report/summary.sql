select * from analyst.summary
