select * from analyst.headline
