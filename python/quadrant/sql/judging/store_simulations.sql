select learning.store_simulations(%s);
