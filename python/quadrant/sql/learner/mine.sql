select learning.mine_by_hand()
