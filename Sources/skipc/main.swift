print("skipc")
