"""PEFT's rules for which modules an adapter changes and with which alpha. Each input is compared with PEFT's merge."""

import json
import os

from common import Row, compare_merge, edit_json, edit_tensors, first_line, peft_merged, refused, save_tiny_llama

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def save_adapter(base, directory, seed=0, **fields):
    """Saves an adapter that PEFT makes of `fields`, with made-up tensors, and returns its path."""
    torch.manual_seed(seed)
    config = LoraConfig(**{**dict(r=4, lora_alpha=8, task_type="CAUSAL_LM"), **fields})
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name or "modules_to_save" in name:
                parameter.copy_(torch.randn_like(parameter) * 0.1)
    model.save_pretrained(directory)
    return directory


def case(name, *, base=None, edits=None, tensors=None, rejects=None, **fields):
    """Returns a case: PEFT saves an adapter made of `fields`; then its configuration and tensors are edited. Where PEFT
    raises an error, `rejects` is what the message must match."""

    def run(directory, skipc):
        save_tiny_llama(directory + "/base", **(base or {}))
        adapter = save_adapter(directory + "/base", directory + "/adapter", **fields)
        if edits:
            path = adapter + "/adapter_config.json"
            with open(path) as file:
                values = json.load(file)
            values.update({k: v for k, v in edits.items() if v is not DELETED})
            with open(path, "w") as file:
                json.dump({k: v for k, v in values.items() if edits.get(k) is not DELETED}, file)
        if tensors:
            edit_tensors(adapter + "/adapter_model.safetensors", tensors)
        if rejects is not None:
            try:
                peft_merged(directory + "/base", adapter)
                return Row(False, "PEFT accepts it")
            except Exception:
                return refused(skipc, rejects, "merge", directory + "/base", "--lora", adapter, "-o", directory + "/m")
        try:
            return compare_all(skipc, directory, directory + "/base", adapter)
        except (KeyError, RuntimeError, ValueError) as error:
            return Row(False, f"PEFT: {error!r}")

    run.__name__ = name
    return run


DELETED = object()


def compare_all(skipc, directory, base, adapter):
    """Like compare_merge; and a head that PEFT separates from the embedding must be in skipc's file."""
    row = compare_merge(skipc, directory, base, adapter)
    if not row.ok:
        return row
    merged, expected = load_file(directory + "/merged/model.safetensors"), peft_merged(base, adapter)
    embedding = expected["model.embed_tokens.weight"]
    absent = [n for n, t in expected.items() if n not in merged and not torch.equal(t, embedding)]
    return Row(not absent, row.text + (f", without {absent}" if absent else ""))


def add_untargeted(tensors):
    """Adds LoRA tensors of a module that the configuration does not target."""
    for layer in range(2):
        name = f"base_model.model.model.layers.{layer}.self_attn.k_proj."
        tensors[name + "lora_A.weight"] = torch.randn(4, 32) * 0.1
        tensors[name + "lora_B.weight"] = torch.randn(16, 4) * 0.1


def remove_value(tensors):
    for name in [n for n in tensors if "layers.1.self_attn.v_proj" in n]:
        del tensors[name]


def embedding_ensure_tied(directory, skipc):
    """PEFT's merge adds the product twice to the weight that head and embedding share, unlike the trained model."""
    save_tiny_llama(directory + "/base", **TIED)
    targets = ["embed_tokens", "q_proj"]
    adapter = save_adapter(
        directory + "/base", directory + "/adapter", target_modules=targets, ensure_weight_tying=True)
    return refused(
        skipc, "LR-92.*ensure_weight_tying", "merge", directory + "/base", "--lora", adapter, "-o", directory + "/m")


TIED = dict(tie_word_embeddings=True)
ATTENTION_BIAS = dict(attention_bias=True)

CASES = [
    # Lists and strings
    case("list_of_last_components", target_modules=["q_proj", "down_proj"]),
    case("list_of_whole_names", target_modules=["model.layers.1.self_attn.q_proj", "mlp.up_proj"]),
    case("list_narrowed", target_modules=ALL, edits=dict(target_modules=["q_proj", "mlp.gate_proj"])),
    case("list_narrowed_to_whole_name", target_modules=ALL,
         edits=dict(target_modules=["model.layers.0.mlp.gate_proj"])),
    case("list_with_prefix_of_saved_names", target_modules=["q_proj"],
         edits=dict(target_modules=["base_model.model.model.layers.0.self_attn.q_proj"]), rejects="LR-94N"),
    case("list_with_part_of_component", target_modules=ALL, edits=dict(target_modules=["proj"]), rejects="LR-94N"),
    case("string_is_whole_name", target_modules=ALL, edits=dict(target_modules="q_proj"), rejects="LR-94N"),
    case("regex_alternatives", target_modules=ALL, edits=dict(target_modules=r".*\.(q_proj|up_proj)")),
    case("regex_layers", target_modules=ALL,
         edits=dict(target_modules=r"model\.layers\.[0]\.(self_attn|mlp)\.\w+_proj")),
    case("regex_anchors", target_modules=ALL, edits=dict(target_modules=r"^model\.layers\.\d+\.mlp\..*proj$")),
    case("regex_unescaped_dots", target_modules=ALL, edits=dict(target_modules="model.layers.1.self_attn.._proj")),
    case("regex_lookahead", target_modules=ALL,
         edits=dict(target_modules=r"^(?!.*layers\.0)(?=.*mlp).*(?:gate|down)_proj")),
    case("regex_as_unsloth_writes", target_modules=ALL, edits=dict(target_modules=
         r"(?:.*?(?:language|text).*?(?:self_attn|mlp).*?(?:q_proj|k_proj).*?)|"
         r"(?:\bmodel\.layers\.[\d]{1,}\.(?:self_attn|mlp)\.(?:(?:q_proj|o_proj)))")),
    case("regex_lazy_and_counted", target_modules=ALL,
         edits=dict(target_modules=r"model\..*?\.\d{1,2}?\.[a-z_]+\.[qko]_pro{1}j")),
    case("all_linear", target_modules="all-linear"),
    case("all_linear_in_file", target_modules="all-linear", edits=dict(target_modules="ALL-linear")),
    case("all_linear_tied", base=TIED, target_modules="all-linear", edits=dict(target_modules="all-linear")),
    case("all_linear_with_head", target_modules=ALL + ["lm_head"], edits=dict(target_modules="all-linear")),
    case("targets_null", target_modules=ALL, edits=dict(target_modules=None)),
    case("targets_absent", target_modules=["q_proj", "v_proj"], edits=dict(target_modules=DELETED)),
    case("targets_empty", target_modules=["q_proj"], edits=dict(target_modules=[]), rejects="LR-94N"),
    # Layers
    case("layers_int", target_modules=ALL, edits=dict(layers_to_transform=1)),
    case("layers_zero", target_modules=ALL, edits=dict(layers_to_transform=0)),
    case("layers_list", target_modules=ALL, edits=dict(layers_to_transform=[1, 7])),
    case("layers_empty", target_modules=ALL, edits=dict(layers_to_transform=[])),
    case("layers_pattern", target_modules=ALL, edits=dict(layers_to_transform=[0], layers_pattern="layers")),
    case("layers_pattern_list", target_modules=ALL,
         edits=dict(layers_to_transform=[0], layers_pattern=["h", "layers"])),
    case("layers_pattern_empty", target_modules=ALL, edits=dict(layers_to_transform=[0], layers_pattern="")),
    case("layers_pattern_regex", target_modules=ALL,
         edits=dict(layers_to_transform=[1], layers_pattern=r"(?:model\.)?lay\w+")),
    case("layers_pattern_other", target_modules=ALL, edits=dict(layers_to_transform=[0], layers_pattern="blocks"),
         rejects="LR-94N"),
    case("layers_pattern_alone", target_modules=ALL, edits=dict(layers_pattern="layers"), rejects="LR-92C"),
    case("layers_with_whole_name", target_modules=ALL,
         edits=dict(target_modules=["model.layers.1.self_attn.q_proj", "up_proj"], layers_to_transform=[0])),
    case("layers_with_string", target_modules=ALL, edits=dict(target_modules=".*q_proj", layers_to_transform=[0]),
         rejects="LR-92C"),
    case("layers_and_head", target_modules=ALL + ["lm_head"], edits=dict(layers_to_transform=[0])),
    # Exclusions
    case("exclude_list", target_modules=ALL, edits=dict(exclude_modules=["q_proj", "layers.1.mlp.up_proj"])),
    case("exclude_regex", target_modules=ALL, edits=dict(exclude_modules=r".*layers\.0\..*|.*down_proj")),
    case("exclude_regex_of_a_part", target_modules=ALL, edits=dict(exclude_modules=r"layers\.0")),
    case("exclude_list_of_containers", target_modules=ALL, edits=dict(exclude_modules=["mlp"])),
    case("exclude_from_all_linear", target_modules=ALL,
         edits=dict(target_modules="all-linear", exclude_modules=["v_proj"])),
    # Alphas and ranks
    case("alpha_regex", target_modules=ALL,
         edits=dict(alpha_pattern={r"layers\.[0]\..*_proj": 32, "q_proj|up_proj": 2})),
    case("alpha_anchors", target_modules=ALL, edits=dict(alpha_pattern={
         "^q_proj": 64, "^model.layers.0.self_attn.k_proj": 3, "v_proj$": 5, r"^.*\.up_proj$": 7})),
    case("alpha_overlapping", target_modules=ALL, edits=dict(alpha_pattern={
         "mlp.up_proj": 16, "up_proj": 2, "layers.1.mlp.up_proj": 64, "layers.1.self_attn.q_proj": 1, "q_proj": 20})),
    case("alpha_prefix_never_matches", target_modules=ALL,
         edits=dict(alpha_pattern={"base_model.model.model.layers.0.self_attn.q_proj": 64, "": 99, "proj": 98})),
    case("alpha_unbalanced_together", target_modules=ALL, edits=dict(alpha_pattern={"x)|(.*q_proj": 50})),
    case("alpha_float", target_modules=ALL, edits=dict(lora_alpha=6.5, alpha_pattern={"q_proj": 0.25})),
    case("alpha_absent", target_modules=ALL, edits=dict(lora_alpha=DELETED)),
    case("rank_absent", target_modules=ALL, r=8, edits=dict(r=DELETED)),
    case("rank_overlapping", target_modules=ALL, rank_pattern={
         "^model.*q_proj": 6, "gate_proj": 8, r"layers\.1\.mlp.*": 2, "mlp.up_proj": 3}),
    # PEFT sorts the keys when it saves, so that another key is the first.
    case("rank_order_changed_by_saving", target_modules=ALL, rank_pattern={r"layers\.1\.mlp.*": 2, "gate_proj": 8},
         rejects="LR-90R"),
    case("rank_other_than_tensors", target_modules=ALL, edits=dict(rank_pattern={r".*\.q_proj": 5}), rejects="LR-90R"),
    case("rslora_with_patterns", target_modules=ALL, use_rslora=True, rank_pattern={r"\w+_proj": 3},
         alpha_pattern={r"(q|o)_proj": 9}),
    case("dora_with_regex", target_modules=ALL, use_dora=True, edits=dict(target_modules=r".*(q|down)_proj")),
    # Saved modules
    case("save_embedding_and_head", target_modules=["q_proj"], modules_to_save=["embed_tokens", "lm_head"]),
    case("save_head_tied", base=TIED, target_modules=["q_proj"], modules_to_save=["lm_head"]),
    case("save_embedding_tied", base=TIED, target_modules=["q_proj"], modules_to_save=["embed_tokens"]),
    case("save_both_tied", base=TIED, target_modules=["q_proj"], modules_to_save=["embed_tokens", "lm_head"]),
    case("save_part_of_a_name", target_modules=["q_proj"], modules_to_save=["head"]),
    case("save_container", target_modules=ALL, modules_to_save=["mlp"]),
    case("save_norms", target_modules=["q_proj"], modules_to_save=["norm"]),
    case("save_whole_name", target_modules=ALL, modules_to_save=["model.layers.0.mlp"]),
    case("save_absent_module", target_modules=["q_proj"], modules_to_save=["classifier", "score"]),
    case("save_what_is_targeted", target_modules=ALL + ["lm_head"], modules_to_save=["lm_head"]),
    case("save_not_in_file", target_modules=["q_proj"], edits=dict(modules_to_save=["norm"]), rejects="LR-94"),
    case("saved_weight_without_the_field", target_modules=["q_proj"], modules_to_save=["lm_head"],
         edits=dict(modules_to_save=None)),
    # Tensors
    case("tensors_not_targeted", target_modules=["q_proj", "v_proj"], tensors=add_untargeted),
    case("tensors_missing", target_modules=["q_proj", "v_proj"], tensors=remove_value),
    case("tensors_missing_dora", target_modules=["q_proj", "v_proj"], use_dora=True, tensors=remove_value),
    case("bias_all", base=ATTENTION_BIAS, target_modules=["q_proj"], bias="all"),
    case("bias_lora_only", base=ATTENTION_BIAS, target_modules=["q_proj"], bias="lora_only"),
    case("bias_of_untargeted", base=ATTENTION_BIAS, target_modules=["q_proj", "v_proj"], bias="lora_only",
         edits=dict(target_modules=["v_proj"])),
    case("embedding", target_modules=["embed_tokens", "q_proj"]),
    case("embedding_tied", base=TIED, target_modules=["embed_tokens", "q_proj"]),
    embedding_ensure_tied,
    case("save_embedding_ensure_tied", base=TIED, target_modules=["q_proj"], modules_to_save=["embed_tokens"],
         ensure_weight_tying=True),
    case("untied_embedding_and_head", target_modules=["embed_tokens", "lm_head", "q_proj"]),
    case("head_tied", base=TIED, target_modules=["lm_head", "q_proj"]),
]
