pytest_plugins = ["gonogo.plugin"]
