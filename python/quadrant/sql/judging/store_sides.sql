select learning.store_sides(%s);
