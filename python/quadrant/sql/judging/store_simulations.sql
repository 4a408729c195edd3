select * from learning.store_simulations(%s);
