"""What runs a recipe's stages: which are done, which must run and why, their logs, and the record that stays with the experiment.

run.sh calls `python -m tts.recipe` by way of recipes/utils/parse_options.sh. stage.py reads what a stage says of itself, state.py decides
whether it must run, logged.py runs it, history.py writes down what was run; __main__.py wires them.
"""
