select analyst.explain_override(%(id)s) as story;
