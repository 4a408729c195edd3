select set_config('timezone', 'UTC', true), set_config('jit', 'off', true)
