select to_jsonb(s) - 'items' as solution from learning.approve_solution(%(id)s, %(by)s) as s;
