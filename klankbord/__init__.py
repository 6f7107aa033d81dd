"""The spine: the words, the doors, the store and the conductor of Klankbord."""
