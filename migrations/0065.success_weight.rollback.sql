alter table learning.slice_rates drop column success_weight;
