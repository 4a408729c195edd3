select * from learning.claim_simulations(%s, %s);
