call learning.run_materializer(true, %s)
