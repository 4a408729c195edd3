select count({decision}), count(*) - count({decision}) from {table}
