set local check_function_bodies = on;
