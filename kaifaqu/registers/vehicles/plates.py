"""The forms of number plates (号牌): what follows the first character, which is that of the province."""

PROVINCES = "京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新"
GREEN = r"(?:[A-HJK][A-HJ-NP-Z\d]\d{4}|\d{5}[A-HJK])"  # of new-energy cars, small ones and large ones, after the letter of the place
PLAIN = r"[A-HJ-NP-Z\d]{4}[A-HJ-NP-Z\d挂学警港澳领使]"
