select learning.analyze_grown('{pattern_episode_events,pattern_trade_events}')
