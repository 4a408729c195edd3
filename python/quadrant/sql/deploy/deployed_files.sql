select d.path, d.sha256, d.kind, d.schema_name, d.object_name
from quadrant_meta.deployed_files as d
order by d.path;
