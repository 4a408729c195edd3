select pm.deciding_dimensions()
