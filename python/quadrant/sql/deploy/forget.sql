delete from quadrant_meta.deployed_files as d where d.path = %(path)s;
