delete from learning.learning_configs where module_id = 'operations';
