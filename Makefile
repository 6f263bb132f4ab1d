# make install   the environment .venv, for this machine
# make demo      install; say a sentence by the voices that come with the package, if there are any; then train the small voices of
#                egs/mini/copycat2 from nothing and write a page to listen to
# make test      install, then the tests
# make clean     delete what recipes made (data/ and exp/ of every recipe); the environment stays
#
# Small shared machines lose much time when every library starts its own threads, hence one thread a process
# unless you say otherwise: make demo OMP_NUM_THREADS=4
OMP_NUM_THREADS ?= 1
export OMP_NUM_THREADS
export HF_HUB_OFFLINE = 1

PYTEST_ARGS ?= -n 2 --dist loadfile

.PHONY: install demo test clean

install:
	@tools/install.sh

demo: install
	@test ! -d tts/data/voices || .venv/bin/tts voices samples -o egs/mini/copycat2/exp/samples
	@egs/mini/copycat2/run.sh

test: install
	@.venv/bin/python -m pytest $(PYTEST_ARGS)

clean:
	rm -rf egs/*/*/data egs/*/*/exp
