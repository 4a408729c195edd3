lock table quadrant_meta.migrate_lock in exclusive mode;
