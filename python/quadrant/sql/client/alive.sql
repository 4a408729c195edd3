select 'still there'
