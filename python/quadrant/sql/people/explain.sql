select learning.explain_override(%(id)s) as story;
