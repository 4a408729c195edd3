select to_jsonb(s) - 'items' as solution from learning.dismiss_solution(%(id)s, %(by)s) as s;
