"""What a torch file holds besides a state dict: the files that training programs really write."""

import argparse
import collections
import datetime
import pathlib
import random
import types

import numpy
import torch

from common import TOKEN_IDS, Row, compare_logits, refused, save_tiny_llama


def _model(directory, seed=0):
    """A tiny Llama, its directory without weights in use, and the path of the training checkpoint."""
    return save_tiny_llama(f"{directory}/m", seed=seed), f"{directory}/m", f"{directory}/checkpoint.pt"


def _train(model):
    """Two real steps with AdamW and a schedule, so that the optimizer has a state. Returns both and the loss."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[1, 5])
    ids = torch.tensor([TOKEN_IDS])
    for _ in range(2):
        optimizer.zero_grad()
        loss = model(ids, labels=ids).loss
        loss.backward()
        optimizer.step()
        scheduler.step()
    return optimizer, scheduler, loss.detach()


def _expected(model):
    with torch.no_grad():
        return model.eval()(torch.tensor([TOKEN_IDS])).logits[0]


def _random_states():
    return {"torch": torch.get_rng_state(), "numpy": numpy.random.get_state(), "python": random.getstate(), "cuda": []}


def _compare(skipc, directory, model, path, *options):
    return compare_logits(skipc, directory, f"{directory}/m", "--checkpoint", path, *options, expected=_expected(model))


def pytorch_tutorial(directory, skipc):
    """The general checkpoint of PyTorch's tutorial: epoch, model_state_dict, optimizer_state_dict, loss."""
    model, _, path = _model(directory)
    optimizer, scheduler, loss = _train(model)
    torch.save(
        {"epoch": 3, "model_state_dict": model.state_dict(), "optimizer_state_dict": optimizer.state_dict(),
         "scheduler": scheduler.state_dict(), "loss": loss, "rng": _random_states()}, path)
    return _compare(skipc, directory, model, path)


def nano_gpt(directory, skipc):
    """As nanoGPT: model, optimizer, model_args, iter_num, best_val_loss (a tensor), config; a compiled model."""
    model, _, path = _model(directory)
    optimizer, _, loss = _train(model)
    state = {f"_orig_mod.{name}": tensor for name, tensor in model.state_dict().items()}
    torch.save(
        {"model": state, "optimizer": optimizer.state_dict(), "model_args": {"n_layer": 2, "bias": False},
         "iter_num": 2000, "best_val_loss": loss, "config": {"device": "cuda", "betas": (0.9, 0.95)}}, path)
    return _compare(skipc, directory, model, path)


def lightning(directory, skipc):
    """As Lightning writes .ckpt files, with random states, paths, a deque and a set."""
    model, _, _ = _model(directory)
    optimizer, scheduler, loss = _train(model)
    path = f"{directory}/last.ckpt"
    checkpoint = {
        "epoch": 1, "global_step": 2, "pytorch-lightning_version": "2.5.0", "state_dict": model.state_dict(),
        "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"total": {"ready": 2}, "current": {"ready": 2}}}},
        "callbacks": {"ModelCheckpoint{'monitor': None}": {
            "best_model_score": loss, "best_model_path": "last.ckpt", "best_k_models": {}, "kth_value": torch.tensor(1.0),
            "dirpath": pathlib.PurePosixPath("/runs/1")}},
        "optimizer_states": [optimizer.state_dict()], "lr_schedulers": [scheduler.state_dict()],
        "hparams_name": "config", "hyper_parameters": argparse.Namespace(lr=1e-3, layers=[1, 2], out=pathlib.Path("x")),
        "MixedPrecision": {"scale": 65536.0, "_growth_tracker": 0}, "rng_state": _random_states(),
        "losses": collections.deque([1.0, 2.0], maxlen=100), "seen": {1, 2}, "started": datetime.datetime.now(),
    }
    torch.save(checkpoint, path)
    return _compare(skipc, directory, model, path)


def lightning_attribute(directory, skipc):
    """A Lightning module that holds the model as self.model, compiled: its names begin with model._orig_mod."""
    model, _, _ = _model(directory)
    path = f"{directory}/epoch=1-step=2.ckpt"
    state = collections.OrderedDict((f"model._orig_mod.{name}", tensor) for name, tensor in model.state_dict().items())
    torch.save({"epoch": 1, "state_dict": state, "hyper_parameters": {"lr": 1e-3}}, path)
    return _compare(skipc, directory, model, path)


def deep_speed(directory, skipc):
    """As DeepSpeed's mp_rank_00_model_states.pt, with a second copy of parameters as fragments."""
    model, _, _ = _model(directory)
    path = f"{directory}/mp_rank_00_model_states.pt"
    state = collections.OrderedDict(model.state_dict())
    torch.save(
        {"module": state, "buffer_names": [], "optimizer": None, "shared_params": {},
         "param_shapes": [collections.OrderedDict((n, t.shape) for n, t in state.items())],
         "frozen_param_shapes": {}, "frozen_param_fragments": {n: t.clone() for n, t in list(state.items())[:2]},
         "lr_scheduler": {"last_batch_iteration": 9}, "data_sampler": None, "random_ltd": None,
         "sparse_tensor_module_names": set(), "skipped_steps": 0, "global_steps": 10, "global_samples": 320,
         "dp_world_size": 1, "mp_world_size": 1, "ds_config": {"zero_optimization": {"stage": 2}, "bf16": True},
         "ds_version": "0.16.4"}, path)
    return _compare(skipc, directory, model, path)


def _model_and_average(directory):
    model, _, path = _model(directory)
    average = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    _train(model)
    torch.save({"state_dict": model.state_dict(), "state_dict_ema": average, "epoch": 4, "arch": "tiny", "metric": 0.5}, path)
    return model, average, path


def average_chosen(directory, skipc):
    """As timm: two state dicts. --state-dict chooses the average."""
    model, average, path = _model_and_average(directory)
    model.load_state_dict(average)
    return _compare(skipc, directory, model, path, "--state-dict", "state_dict_ema")


def model_chosen(directory, skipc):
    """The same file, and the other choice."""
    model, _, path = _model_and_average(directory)
    return _compare(skipc, directory, model, path, "--state-dict", "state_dict")


def two_candidates(directory, skipc):
    """The same file without a choice names both."""
    _, _, path = _model_and_average(directory)
    return refused(
        skipc, r'"state_dict" \(\d+ tensors\), "state_dict_ema" \(\d+ tensors\).*--state-dict', "convert", f"{directory}/m",
        "--checkpoint", path, "-o", f"{directory}/x.skipgpt")


def unknown_key(directory, skipc):
    """A key that the file does not have."""
    _, _, path = _model_and_average(directory)
    return refused(
        skipc, r'"ema".*"state_dict" \(\d+ tensors\)', "convert", f"{directory}/m", "--checkpoint", path,
        "--state-dict", "ema", "-o", f"{directory}/x.skipgpt")


def average_of_lists(directory, skipc):
    """torch_ema keeps the averages as a list without names, beside the model."""
    model, _, path = _model(directory)
    shadow = [p.detach().clone() for p in model.parameters()]
    ema = {"decay": 0.999, "num_updates": 10, "shadow_params": shadow, "collected_params": None}
    torch.save({"model": model.state_dict(), "ema": ema, "step": numpy.int64(10), "loss": numpy.float32(2.5)}, path)
    return _compare(skipc, directory, model, path)


def averaged_model(directory, skipc):
    """torch.optim.swa_utils.AveragedModel: n_averaged beside names that begin with module."""
    model, _, path = _model(directory)
    averaged = torch.optim.swa_utils.AveragedModel(model)
    averaged.update_parameters(model)
    state = {n: t for n, t in averaged.state_dict().items() if n != "n_averaged"}
    torch.save({"ema_state_dict": state, "n_averaged": averaged.n_averaged}, path)
    return _compare(skipc, directory, model, path)


def data_parallel(directory, skipc):
    """Names with module., two levels deep, with options in a SimpleNamespace and a Counter."""
    model, _, path = _model(directory)
    state = {f"module.{name}": tensor for name, tensor in model.state_dict().items()}
    torch.save(
        {"checkpoint": {"net": state, "options": types.SimpleNamespace(a=1)}, "counts": collections.Counter("abca"),
         "by_rank": collections.defaultdict(list, {0: [1]}), (0, 1): "pair", 0.5: None, "big": 1 << 100,
         "complex": 1 + 2j, "bytes": b"\x00\xff", "range": range(3)}, path)
    return _compare(skipc, directory, model, path)


def _protocol(number):
    def case(directory, skipc):
        model, _, path = _model(directory)
        optimizer, _, loss = _train(model)
        torch.save(
            {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "args": argparse.Namespace(x={1, 2}),
             "rng": _random_states(), "frozen": frozenset(["a"]), "raw": bytearray(b"abc"), "loss": loss,
             "log": "x" * 300, "long": b"y" * 70_000}, path, pickle_protocol=number)
        return _compare(skipc, directory, model, path)

    case.__name__ = f"protocol_{number}"
    return case


def numpy_values(directory, skipc):
    """NumPy arrays, scalars, types and a generator beside the parameters of the outermost dict."""
    model, _, path = _model(directory)
    values = {
        "array": numpy.arange(6.0).reshape(2, 3), "strings": numpy.array(["a", "bc"]), "type": numpy.dtype("f4"),
        "class": numpy.float32, "scalar": numpy.float64(1.5), "truth": numpy.bool_(True),
        "generator": numpy.random.default_rng(1), "state": numpy.random.RandomState(1), "version": torch.__version__}
    torch.save({**model.state_dict(), "notes": values}, path)
    return _compare(skipc, directory, model, path)


def whole_module(directory, skipc):
    """torch.save(model): the class is named, and what to do."""
    model, _, path = _model(directory)
    torch.save(model, path)
    return refused(
        skipc, r"LlamaForCausalLM.*state_dict\(\)", "convert", f"{directory}/m", "--checkpoint", path, "-o",
        f"{directory}/x.skipgpt")


def optimizer_alone(directory, skipc):
    """An optimizer's state without a model."""
    model, _, path = _model(directory)
    torch.save(_train(model)[0].state_dict(), path)
    return refused(
        skipc, "state of an optimizer, without a model", "convert", f"{directory}/m", "--checkpoint", path, "-o",
        f"{directory}/x.skipgpt")


def list_of_tensors(directory, skipc):
    """A list of tensors has no names."""
    model, _, path = _model(directory)
    torch.save(list(model.state_dict().values()), path)
    return refused(
        skipc, "a list of 21 tensors without names", "convert", f"{directory}/m", "--checkpoint", path, "-o",
        f"{directory}/x.skipgpt")


class _Command:
    """Unpickling it would run a command."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        import os

        return os.system, (f"touch {self.path}",)


def command_beside_a_model(directory, skipc):
    """A command beside a state dict is refused and not run."""
    import os

    model, _, path = _model(directory)
    torch.save({"model": model.state_dict(), "args": _Command(f"{directory}/was-run")}, path)
    row = refused(
        skipc, "posix system", "convert", f"{directory}/m", "--checkpoint", path, "-o", f"{directory}/x.skipgpt")
    return Row(row.ok and not os.path.exists(f"{directory}/was-run"), row.text)


CASES = [
    pytorch_tutorial, nano_gpt, lightning, lightning_attribute, deep_speed, average_chosen, model_chosen, two_candidates, unknown_key,
    average_of_lists, averaged_model, data_parallel, _protocol(3), _protocol(4), _protocol(5), numpy_values, whole_module,
    optimizer_alone, list_of_tensors, command_beside_a_model,
]
