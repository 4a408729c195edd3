delete from learning.schedule;
delete from learning.learning_configs;
