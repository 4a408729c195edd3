call learning.run_aggregator(true)
