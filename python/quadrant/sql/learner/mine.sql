call learning.run_tuning_miner(true)
