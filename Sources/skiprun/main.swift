print("skiprun")
