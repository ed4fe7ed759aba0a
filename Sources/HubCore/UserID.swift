package struct UserID {}
