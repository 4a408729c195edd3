drop trigger notify_controls on learning.lowcap_positions;
