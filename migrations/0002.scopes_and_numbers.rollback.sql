drop function learning.is_finite(double precision);
drop function learning.scope_signature(text[]);
drop function learning.scope_items(jsonb);
drop function learning.is_scope(jsonb);
