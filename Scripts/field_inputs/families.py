"""How a checkpoint says which family it is, and models that are none of them."""

import json

from common import Row, compare_logits, compare_note, edit_json, edit_tensors, refused, save_tiny_llama, transformers_logits

import torch


def _named(directory, architectures, model_type="llama"):
    """Saves a model with these names. None is absent, and "null" is null."""
    model = directory + "/m"
    save_tiny_llama(model)
    path = model + "/config.json"
    with open(path) as file:
        values = json.load(file)
    for key, value in [("architectures", architectures), ("model_type", model_type)]:
        values.pop(key, None)
        if value is not None:
            values[key] = None if value == "null" else value
    with open(path, "w") as file:
        json.dump(values, file)
    return model


def _all_same(directory, skipc, names):
    rows = [(name, compare_logits(skipc, directory, _named(directory, name))) for name in names]
    failures = [f"{name}: {row.text}" for name, row in rows if not row.ok]
    return Row(not failures, "; ".join(failures) or f"{len(rows)} spellings, {rows[-1][1].text}")


def spellings(directory, skipc):
    """Letter case, and prefixes of wrappers."""
    return _all_same(directory, skipc, [
        ["LLaMAForCausalLM"], ["llamaforcausallm"], ["FSDPLlamaForCausalLM"], ["FSDPLLaMAForCausalLM"],
        ["PeftLlamaForCausalLM"], ["ParallelLlamaForCausalLM"]])


def several_names(directory, skipc):
    """The first one decides."""
    return _all_same(directory, skipc, [["LlamaForCausalLM", "Other"], ["transformers.LlamaForCausalLM"]])


def wrappers_of_any_model(directory, skipc):
    """Wrappers whose own name was saved: model_type decides."""
    return _all_same(directory, skipc, [
        ["OptimizedModule"], ["FullyShardedDataParallel"], ["PeftModelForCausalLM"], ["AutoModelForCausalLM"]])


def no_architectures(directory, skipc):
    """Absent, null or empty: model_type decides."""
    return _all_same(directory, skipc, [None, "null", []])


def only_architectures(directory, skipc):
    """No model_type, as some converters write it. Transformers needs the class then."""
    model = _named(directory, ["LlamaForCausalLM"], None)
    from transformers import LlamaForCausalLM

    with torch.no_grad():
        reference = LlamaForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
        from common import TOKEN_IDS
        expected = reference(torch.tensor([TOKEN_IDS])).logits[0]
    return compare_logits(skipc, directory, model, expected=expected)


def other_model_type(directory, skipc):
    """Names that disagree: the class is used, and a note says so."""
    model = _named(directory, ["LlamaForCausalLM"], "mistral")
    return compare_note(skipc, directory, model, r'model_type is "mistral", which is not used')


OTHERS = {
    "LlamaForSequenceClassification": "a classifier", "LlamaForTokenClassification": "a classifier",
    "LlamaForQuestionAnswering": "question answering", "LlamaModel": "without an output head",
    "LlavaForConditionalGeneration": "vision", "Llama4ForConditionalGeneration": "vision",
    "LlavaLlamaForCausalLM": "LlavaLlamaForCausalLM", "MllamaForConditionalGeneration": "vision",
    "LlamaForCausalLMEagle3": "draft model", "AutoModelForCausalLMWithValueHead": "value head",
    "LlamaRewardModel": "reward model", "BertForMaskedLM": "an encoder", "LlamaForMultipleChoice": "multiple choice",
    "T5ForConditionalGeneration": "an encoder-decoder model", "LlamaBidirectionalModel": "without an output head",
    "LlavaOnevisionForVision2Seq": "vision", "MixtralForCausalLM": "MixtralForCausalLM",
}


def other_classes(directory, skipc):
    """Models that do not generate text, or of other families, are refused by what they are."""
    failures = []
    for name, words in OTHERS.items():
        row = refused(skipc, f"CF-75A.*{words}", "convert", _named(directory, [name]), "--dry-run")
        if not row.ok:
            failures.append(f"{name}: {row.text}")
    return Row(not failures, f"{len(OTHERS)} classes; " + "; ".join(failures))


def wrapper_without_architectures(directory, skipc):
    """A vision wrapper that only its model_type and its parts name."""
    model = _named(directory, None, "llava")
    edit_json(model + "/config.json", vision_config={"hidden_size": 8}, text_config={"model_type": "llama"})
    return refused(skipc, "CF-75A.*llava.*vision", "convert", model, "--dry-run")


def vision_wrapper_of_its_own_code(directory, skipc):
    """LLaVA's first class, whose name does not say that it is a wrapper."""
    model = _named(directory, ["LlavaLlamaForCausalLM"], "llava_llama")
    edit_json(model + "/config.json", mm_vision_tower="openai/clip-vit-large-patch14", mm_hidden_size=1024)
    return refused(skipc, "CF-75A.*vision", "convert", model, "--dry-run")


def parts_of_other_models(directory, skipc):
    """A Llama by its name, with tensors of something else."""
    rows = []
    for name, words in {
            "v_head.summary.weight": "value head", "model.vision_tower.patch.weight": "vision encoder",
            "model.layers.0.block_sparse_moe.experts.0.w1.weight": "mixture of experts"}.items():
        model = _named(directory, ["LlamaForCausalLM"])
        edit_tensors(model + "/model.safetensors", lambda t: t.update({name: torch.ones(2, 32)}))
        rows.append(refused(skipc, "CF-76X.*" + words, "convert", model, "--dry-run"))
    return Row(all(row.ok for row in rows), "; ".join(row.text for row in rows if not row.ok) or f"{len(rows)} tensors")


def classifier_without_architectures(directory, skipc):
    """A classifier that only its tensors show."""
    model = _named(directory, None)
    edit_tensors(
        model + "/model.safetensors",
        lambda t: {**{k: v for k, v in t.items() if k != "lm_head.weight"}, "score.weight": torch.ones(2, 32)})
    return refused(skipc, "score.weight.*a classifier", "convert", model, "--dry-run")


CASES = [
    spellings, several_names, wrappers_of_any_model, no_architectures, only_architectures, other_model_type,
    other_classes, wrapper_without_architectures, vision_wrapper_of_its_own_code, parts_of_other_models, classifier_without_architectures,
]
