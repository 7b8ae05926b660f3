"""Rotary embeddings: where theta, type and factors may be, in the spellings of Transformers 4 and 5."""

from common import compare_logits, compare_note, edit_json, refused, save_tiny_llama

LLAMA3 = dict(factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)


def _model(directory, **fields):
    """Saves a model whose configuration has these fields only for its rotary embedding."""
    model = directory + "/m"
    save_tiny_llama(model)
    edit_json(model + "/config.json", rope_parameters=None)
    _write(model, fields)
    return model


def _write(model, fields):
    """Sets fields, of which None is written as null."""
    import json

    with open(model + "/config.json") as file:
        values = json.load(file)
    values.update(fields)
    with open(model + "/config.json", "w") as file:
        json.dump(values, file)


def theta_in_config(directory, skipc):
    """Transformers 4: a field of its own, with an integer."""
    return compare_logits(skipc, directory, _model(directory, rope_theta=250000, rope_scaling=None))


def theta_in_parameters(directory, skipc):
    """Transformers 5."""
    return compare_logits(
        skipc, directory, _model(directory, rope_parameters=dict(rope_theta=250000.0, rope_type="default")))


def theta_in_scaling_of_type_default(directory, skipc):
    """Theta inside of rope_scaling, which does not scale."""
    return compare_logits(skipc, directory, _model(directory, rope_scaling=dict(rope_theta=3e4, type="default")))


def inner_theta_wins(directory, skipc):
    """Two values: the one inside is used, and a note names the other."""
    model = _model(directory, rope_theta=10000.0, rope_parameters=dict(rope_theta=4e5, rope_type="linear", factor=3.0))
    return compare_note(skipc, directory, model, r"rope_theta is 10000.0, which is not used")


def theta_nowhere(directory, skipc):
    """The documented default, with a note."""
    return compare_note(skipc, directory, _model(directory), r"rope_theta is absent: 10000 is used")


def theta_null_beside_parameters(directory, skipc):
    """Null beside a value in rope_parameters."""
    return compare_logits(
        skipc, directory, _model(directory, rope_theta=None, rope_parameters=dict(rope_theta=7e4, rope_type="default")))


def empty_scaling(directory, skipc):
    """An empty rope_scaling does not hide rope_parameters."""
    return compare_logits(
        skipc, directory,
        _model(directory, rope_scaling={}, rope_parameters=dict(rope_theta=7e4, rope_type="linear", factor=2.0)))


def scaling_hides_parameters(directory, skipc):
    """A rope_scaling that is not empty replaces rope_parameters with its theta, as in Transformers 5."""
    model = _model(
        directory, rope_scaling=dict(type="linear", factor=2.0),
        rope_parameters=dict(rope_theta=7e4, rope_type="linear", factor=4.0))
    return compare_note(skipc, directory, model, r"rope_parameters is an object, which is not used")


def linear_old(directory, skipc):
    """The oldest form: type and factor."""
    return compare_logits(
        skipc, directory, _model(directory, rope_theta=20000.0, rope_scaling=dict(type="linear", factor=4)))


def linear_both_names(directory, skipc):
    """type and rope_type, as Transformers 4.43 to 4.57 write them."""
    return compare_logits(
        skipc, directory,
        _model(directory, rope_theta=20000.0, rope_scaling=dict(type="linear", rope_type="linear", factor=2.5)))


def linear_in_parameters(directory, skipc):
    """Transformers 5, with members that linear scaling does not use."""
    model = _model(
        directory,
        rope_parameters=dict(rope_theta=2e4, rope_type="linear", factor=2.5, attention_factor=2.0, beta_fast=32.0))
    return compare_note(skipc, directory, model, r"rope_parameters.attention_factor is 2.0, which rope type linear")


def type_absent(directory, skipc):
    """A factor without a type does not scale."""
    return compare_note(
        skipc, directory, _model(directory, rope_theta=2e4, rope_scaling=dict(factor=2.0)), r"rope_scaling.factor is 2.0")


def llama3_old(directory, skipc):
    """Llama 3.1 in Transformers 4."""
    return compare_logits(
        skipc, directory, _model(directory, rope_theta=5e5, rope_scaling=dict(rope_type="llama3", **LLAMA3)))


def llama3_type(directory, skipc):
    """llama3 under the old name of the type."""
    return compare_logits(
        skipc, directory, _model(directory, rope_theta=5e5, rope_scaling=dict(type="llama3", **LLAMA3)))


def llama3_in_parameters(directory, skipc):
    """Transformers 5, with an attention_factor that llama3 does not use."""
    return compare_logits(
        skipc, directory,
        _model(directory, rope_parameters=dict(rope_theta=5e5, rope_type="llama3", attention_factor=0.5, **LLAMA3)))


def llama3_original_length_outside(directory, skipc):
    """The length before scaling stands in the configuration itself, and differs from the one inside."""
    return compare_note(
        skipc, directory,
        _model(
            directory, rope_theta=5e5, original_max_position_embeddings=16,
            rope_scaling=dict(rope_type="llama3", **LLAMA3)),
        r"rope_scaling.original_max_position_embeddings is 32, which is not used")


def llama3_original_length_absent(directory, skipc):
    """The length before scaling is max_position_embeddings."""
    scaling = {k: v for k, v in LLAMA3.items() if k != "original_max_position_embeddings"}
    return compare_note(
        skipc, directory, _model(directory, rope_theta=5e5, rope_scaling=dict(rope_type="llama3", **scaling)),
        r"original_max_position_embeddings is absent: 128 is used")


def original_length_without_scaling(directory, skipc):
    """A length before scaling has no effect where nothing is scaled."""
    return compare_note(
        skipc, directory, _model(directory, rope_theta=5e4, original_max_position_embeddings=16),
        r"original_max_position_embeddings is 16, which rope type default does not use")


def unknown_member(directory, skipc):
    """A member of rope_scaling that Transformers warns about and ignores."""
    return compare_note(
        skipc, directory,
        _model(directory, rope_theta=2e4, rope_scaling=dict(rope_type="linear", factor=2.0, mscale=0.7)),
        r"rope_scaling.mscale is 0.7")


def factor_absent(directory, skipc):
    """Linear scaling has no default factor."""
    model = _model(directory, rope_theta=2e4, rope_scaling=dict(rope_type="linear", factor=None))
    return refused(skipc, r"rope_scaling\.factor", "convert", model, "--dry-run")


def partial_rotation(directory, skipc):
    """Only a part of each head is rotated."""
    model = _model(directory, rope_theta=2e4, partial_rotary_factor=0.5)
    return refused(skipc, "partial_rotary_factor", "convert", model, "--dry-run")


def parameters_for_each_kind_of_layer(directory, skipc):
    """Nested parameters, as models with windows have them."""
    inner = dict(rope_theta=1e4, rope_type="default")
    model = _model(
        directory, layer_types=["full_attention"] * 2,
        rope_parameters=dict(full_attention=dict(inner), sliding_attention=dict(inner)))
    return refused(skipc, "one kind of layer", "convert", model, "--dry-run")


CASES = [
    theta_in_config, theta_in_parameters, theta_in_scaling_of_type_default, inner_theta_wins, theta_nowhere,
    theta_null_beside_parameters, empty_scaling, scaling_hides_parameters, linear_old, linear_both_names,
    linear_in_parameters, type_absent, llama3_old, llama3_type, llama3_in_parameters, llama3_original_length_outside,
    llama3_original_length_absent, original_length_without_scaling, unknown_member, factor_absent, partial_rotation,
    parameters_for_each_kind_of_layer,
]
