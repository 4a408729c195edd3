select set_config('synchronous_commit', 'off', false),
    set_config('jit', 'off', false),
    set_config('application_name', 'quadrant replay', false)
