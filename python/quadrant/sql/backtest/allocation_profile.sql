select learning.set_setting('allocation.profile', to_jsonb(%s::text))
