#!/usr/bin/env python3
"""Golden logits of tiny models of every architecture, computed in float64 with numpy from the public descriptions of the architectures.

Independent of the C# code: no cache, no batches, whole matrices of attention with masks, tensors taken by their Hugging Face names in the
layouts that Hugging Face stores. Weights are not stored anywhere: weight(name, shape) draws them from the name, here and in the C# test alike.

    python3 architectures.py > architectures.json

Sources: Hugging Face transformers' modeling files and modeling_rope_utils (rotary scaling), arXiv 2309.00071 (YaRN), 2401.04088 (Mixtral),
2403.08295 / 2408.00118 / 2503.19786 (Gemma), 2407.10671 / 2505.09388 (Qwen), 2204.06745 (GPT-NeoX), the GPT-2 report, Llama 4's model card and code.
"""
import json
import math
import numpy as np

MASK = (1 << 64) - 1


def weight(name, shape, center=0.0, scale=0.5):
    """FNV-1a of the name seeds SplitMix64; the upper 24 bits of each draw are a float32 in [-scale, scale)."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) & MASK
    count = int(np.prod(shape))
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    draws = (z >> np.uint64(40)).astype(np.float64) / (1 << 23) - 1
    return (center + scale * draws).astype(np.float32).astype(np.float64).reshape(shape)


class Model:
    """Weights by name, with the shapes asked for; remembers what was asked for, so that the test can make the same tensors."""

    def __init__(self, config):
        self.root = config
        self.c = config.get("text_config", config)
        self.tensors = {}

    def __call__(self, name, *shape, center=0.0):
        self.tensors[name] = {"shape": list(shape), "center": center}
        return weight(name, shape, center)


def rms(x, w=None, eps=1e-5):
    y = x / np.sqrt((x * x).mean(-1, keepdims=True) + eps)
    return y if w is None else y * w


def layer_norm(x, w, b, eps):
    d = x - x.mean(-1, keepdims=True)
    return d / np.sqrt((d * d).mean(-1, keepdims=True) + eps) * w + b


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def silu(x):
    return x * sigmoid(x)


def gelu_tanh(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def gelu_erf(x):
    return 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def frequencies(theta, dim, scaling):
    """Angle a position and pair, and what cos and sin are multiplied with."""
    inv = theta ** (-np.arange(0, dim, 2) / dim)
    if not scaling:
        return inv, 1.0
    kind, factor = scaling["rope_type"], scaling["factor"]
    if kind == "linear":
        return inv / factor, 1.0
    original = scaling["original_max_position_embeddings"]
    if kind == "llama3":
        low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
        wave = 2 * math.pi / inv
        smooth = (original / wave - low) / (high - low)
        mixed = (1 - smooth) * inv / factor + smooth * inv
        return np.where(wave > original / low, inv / factor, np.where(wave < original / high, inv, mixed)), 1.0
    assert kind == "yarn"

    def dimension(rotations):
        return dim * math.log(original / (rotations * 2 * math.pi)) / (2 * math.log(theta))

    low = max(math.floor(dimension(scaling.get("beta_fast", 32))), 0)
    high = min(math.ceil(dimension(scaling.get("beta_slow", 1))), dim - 1)
    ramp = np.clip((np.arange(dim // 2) - low) / ((high - low) or 0.001), 0, 1)
    return inv / factor * ramp + inv * (1 - ramp), 0.1 * math.log(factor) + 1


def rotate_half(x, inv, size):
    """x [tokens, heads, dim]: pairs are dim/2 apart."""
    angle = np.arange(len(x))[:, None] * inv[None, :]
    cos = np.concatenate([np.cos(angle)] * 2, -1)[:, None] * size
    sin = np.concatenate([np.sin(angle)] * 2, -1)[:, None] * size
    half = x.shape[-1] // 2
    return x * cos + np.concatenate([-x[..., half:], x[..., :half]], -1) * sin


def rotate_pairs(x, inv):
    """x [tokens, heads, dim]: pairs are neighbours, as complex numbers."""
    z = x[..., 0::2] + 1j * x[..., 1::2]
    z = z * np.exp(1j * np.arange(len(x))[:, None, None] * inv)
    return np.stack([z.real, z.imag], -1).reshape(x.shape)


def attend(q, k, v, scale, visible, cap=None):
    """q [tokens, heads, dim]; k, v [tokens, key heads, dim]; visible [tokens, tokens]."""
    group = q.shape[1] // k.shape[1]
    k, v = np.repeat(k, group, 1), np.repeat(v, group, 1)
    scores = np.einsum("qhd,khd->hqk", q, k) * scale
    if cap:
        scores = cap * np.tanh(scores / cap)
    return np.einsum("hqk,khd->qhd", softmax(np.where(visible, scores, -np.inf)), v).reshape(len(q), -1)


def masks(n, window=None, chunk=None):
    i, j = np.arange(n)[:, None], np.arange(n)[None, :]
    visible = j <= i
    if window:
        visible &= i - j < window
    if chunk:
        visible &= i // chunk == j // chunk
    return visible


def moe(x, router, experts, top, weigh):
    """weigh(logits, chosen) -> weights of the chosen experts."""
    out = np.zeros_like(x)
    logits = x @ router.T
    for t in range(len(x)):
        chosen = np.argsort(-logits[t], kind="stable")[:top]
        for e, w in zip(chosen, weigh(logits[t], chosen)):
            gate, up, down = experts[e]
            out[t] += w * (down @ (silu(gate @ x[t]) * (up @ x[t])))
    return out


def llama_like(m, ids):
    """Llama, Mistral, Mixtral, Qwen 2 and 3 with their mixtures."""
    c, kind = m.c, m.c["model_type"]
    h, heads, keys = c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"]
    d = c.get("head_dim", h // heads)
    f, eps = c.get("intermediate_size"), c["rms_norm_eps"]
    embed = m("model.embed_tokens.weight", c["vocab_size"], h)
    x = embed[ids]
    inv, size = frequencies(c["rope_theta"], d, c.get("rope_scaling"))
    qkv_bias = kind in ("qwen2", "qwen2_moe") or c.get("attention_bias")
    for l in range(c["num_hidden_layers"]):
        p = f"model.layers.{l}."

        def linear(name, rows, columns, y, bias):
            w = m(p + name + ".weight", rows, columns)
            return y @ w.T + (m(p + name + ".bias", rows) if bias else 0)

        y = rms(x, m(p + "input_layernorm.weight", h, center=1.0), eps)
        q = linear("self_attn.q_proj", heads * d, h, y, qkv_bias).reshape(-1, heads, d)
        k = linear("self_attn.k_proj", keys * d, h, y, qkv_bias).reshape(-1, keys, d)
        v = linear("self_attn.v_proj", keys * d, h, y, qkv_bias).reshape(-1, keys, d)
        if kind in ("qwen3", "qwen3_moe"):
            q = rms(q, m(p + "self_attn.q_norm.weight", d, center=1.0), eps)
            k = rms(k, m(p + "self_attn.k_norm.weight", d, center=1.0), eps)
        window = c.get("sliding_window")
        if kind.startswith("qwen") and not (c.get("use_sliding_window") and l >= c["max_window_layers"]):
            window = None
        o = attend(rotate_half(q, inv, size), rotate_half(k, inv, size), v, d ** -0.5, masks(len(ids), window))
        x = x + linear("self_attn.o_proj", h, heads * d, o, c.get("attention_bias"))
        y = rms(x, m(p + "post_attention_layernorm.weight", h, center=1.0), eps)
        if kind == "mixtral":
            experts = [[m(p + f"block_sparse_moe.experts.{e}.{n}.weight", *s) for n, s in (("w1", (f, h)), ("w3", (f, h)), ("w2", (h, f)))]
                       for e in range(c["num_local_experts"])]
            router = m(p + "block_sparse_moe.gate.weight", c["num_local_experts"], h)
            x = x + moe(y, router, experts, c["num_experts_per_tok"], lambda z, chosen: softmax(z[chosen]))
        elif kind.endswith("_moe") and l not in c.get("mlp_only_layers", []):
            g = c["moe_intermediate_size"]
            experts = [[m(p + f"mlp.experts.{e}.{n}_proj.weight", *s) for n, s in (("gate", (g, h)), ("up", (g, h)), ("down", (h, g)))]
                       for e in range(c["num_experts"])]
            router = m(p + "mlp.gate.weight", c["num_experts"], h)
            normed = c["norm_topk_prob"]
            add = moe(y, router, experts, c["num_experts_per_tok"],
                      lambda z, chosen: softmax(z)[chosen] / (softmax(z)[chosen].sum() if normed else 1))
            if kind == "qwen2_moe":
                s = c["shared_expert_intermediate_size"]
                gate, up = m(p + "mlp.shared_expert.gate_proj.weight", s, h), m(p + "mlp.shared_expert.up_proj.weight", s, h)
                down = m(p + "mlp.shared_expert.down_proj.weight", h, s)
                share = sigmoid(y @ m(p + "mlp.shared_expert_gate.weight", 1, h).T)
                add = add + share * ((silu(y @ gate.T) * (y @ up.T)) @ down.T)
            x = x + add
        else:
            b = c.get("mlp_bias")
            a = silu(linear("mlp.gate_proj", f, h, y, b)) * linear("mlp.up_proj", f, h, y, b)
            x = x + linear("mlp.down_proj", h, f, a, b)
    x = rms(x, m("model.norm.weight", h, center=1.0), eps)
    return x @ (embed if c.get("tie_word_embeddings") else m("lm_head.weight", c["vocab_size"], h)).T


def llama4(m, ids):
    c = m.c
    h, heads, keys, d = c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"]
    f, dense, count, eps = c["intermediate_size"], c["intermediate_size_mlp"], c["num_local_experts"], c["rms_norm_eps"]
    n = len(ids)
    x = m("language_model.model.embed_tokens.weight", c["vocab_size"], h)[ids]
    inv, _ = frequencies(c["rope_theta"], d, c.get("rope_scaling"))
    for l in range(c["num_hidden_layers"]):
        p = f"language_model.model.layers.{l}."
        turns = (l + 1) % 4 != 0
        y = rms(x, m(p + "input_layernorm.weight", h, center=1.0), eps)
        q = (y @ m(p + "self_attn.q_proj.weight", heads * d, h).T).reshape(n, heads, d)
        k = (y @ m(p + "self_attn.k_proj.weight", keys * d, h).T).reshape(n, keys, d)
        v = (y @ m(p + "self_attn.v_proj.weight", keys * d, h).T).reshape(n, keys, d)
        if turns:
            q, k = rotate_pairs(q, inv), rotate_pairs(k, inv)
            if c["use_qk_norm"]:
                q, k = rms(q, eps=eps), rms(k, eps=eps)
        elif c["attn_temperature_tuning"]:
            q = q * (np.log1p(np.floor((np.arange(n) + 1.0) / c["floor_scale"])) * c["attn_scale"] + 1.0)[:, None, None]
        o = attend(q, k, v, d ** -0.5, masks(n, chunk=c["attention_chunk_size"] if turns else None))
        x = x + o @ m(p + "self_attn.o_proj.weight", h, heads * d).T
        y = rms(x, m(p + "post_attention_layernorm.weight", h, center=1.0), eps)
        p += "feed_forward."

        def mlp(prefix, width):
            gate, up = m(prefix + "gate_proj.weight", width, h), m(prefix + "up_proj.weight", width, h)
            return (silu(y @ gate.T) * (y @ up.T)) @ m(prefix + "down_proj.weight", h, width).T

        if (l + 1) % c["interleave_moe_layer_step"]:
            x = x + mlp(p, dense)
            continue
        logits = y @ m(p + "router.weight", count, h).T
        chosen = np.argsort(-logits, -1, kind="stable")[:, :c["num_experts_per_tok"]]
        gate_up, down = m(p + "experts.gate_up_proj", count, h, 2 * f), m(p + "experts.down_proj", count, f, h)
        out = mlp(p + "shared_expert.", f)
        for t in range(n):
            for e in chosen[t]:
                both = (y[t] * sigmoid(logits[t, e])) @ gate_up[e]
                out[t] += (both[f:] * silu(both[:f])) @ down[e]
        x = x + out
    return rms(x, m("language_model.model.norm.weight", h, center=1.0), eps) @ m("language_model.lm_head.weight", c["vocab_size"], h).T


def gemma(m, ids):
    """Gemma 1, 2 and 3. Norm weights are offsets from 1."""
    c, kind = m.c, m.c["model_type"]
    h, heads, keys, d, f = c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"], c["intermediate_size"]
    eps, n = c["rms_norm_eps"], len(ids)

    def norm(y, name, width=h):
        return rms(y, 1 + m(name, width), eps)

    embed = m("model.embed_tokens.weight", c["vocab_size"], h)
    x = embed[ids] * math.sqrt(h)
    wide, _ = frequencies(c["rope_theta"], d, c.get("rope_scaling"))
    near = frequencies(c["rope_local_base_freq"], d, None)[0] if kind == "gemma3_text" else wide
    scale = (c["query_pre_attn_scalar"] if kind != "gemma" else d) ** -0.5
    for l in range(c["num_hidden_layers"]):
        p = f"model.layers.{l}."
        local = (kind == "gemma2" and l % 2 == 0) or (kind == "gemma3_text" and (l + 1) % c["sliding_window_pattern"] != 0)
        y = norm(x, p + "input_layernorm.weight")
        q = (y @ m(p + "self_attn.q_proj.weight", heads * d, h).T).reshape(n, heads, d)
        k = (y @ m(p + "self_attn.k_proj.weight", keys * d, h).T).reshape(n, keys, d)
        v = (y @ m(p + "self_attn.v_proj.weight", keys * d, h).T).reshape(n, keys, d)
        if kind == "gemma3_text":
            q, k = norm(q, p + "self_attn.q_norm.weight", d), norm(k, p + "self_attn.k_norm.weight", d)
        inv = near if local else wide
        visible = masks(n, c["sliding_window"] if local else None)
        o = attend(rotate_half(q, inv, 1), rotate_half(k, inv, 1), v, scale, visible, c.get("attn_logit_softcapping"))
        o = o @ m(p + "self_attn.o_proj.weight", h, heads * d).T
        if kind == "gemma":
            x = x + o
            y = norm(x, p + "post_attention_layernorm.weight")
        else:
            x = x + norm(o, p + "post_attention_layernorm.weight")
            y = norm(x, p + "pre_feedforward_layernorm.weight")
        a = gelu_tanh(y @ m(p + "mlp.gate_proj.weight", f, h).T) * (y @ m(p + "mlp.up_proj.weight", f, h).T)
        o = a @ m(p + "mlp.down_proj.weight", h, f).T
        x = x + (o if kind == "gemma" else norm(o, p + "post_feedforward_layernorm.weight"))
    logits = norm(x, "model.norm.weight") @ embed.T
    cap = c.get("final_logit_softcapping")
    return cap * np.tanh(logits / cap) if cap else logits


def gpt2(m, ids):
    c = m.c
    h, heads, eps = c["n_embd"], c["n_head"], c["layer_norm_epsilon"]
    f, n = c.get("n_inner") or 4 * h, len(ids)
    embed = m("transformer.wte.weight", c["vocab_size"], h)
    x = embed[ids] + m("transformer.wpe.weight", c["n_positions"], h)[:n]

    def norm(y, name):
        return layer_norm(y, m(name + ".weight", h, center=1.0), m(name + ".bias", h), eps)

    def conv(y, name, inputs, outputs):
        return y @ m(name + ".weight", inputs, outputs) + m(name + ".bias", outputs)

    for l in range(c["n_layer"]):
        p = f"transformer.h.{l}."
        q, k, v = np.split(conv(norm(x, p + "ln_1"), p + "attn.c_attn", h, 3 * h), 3, -1)
        q, k, v = (z.reshape(n, heads, h // heads) for z in (q, k, v))
        x = x + conv(attend(q, k, v, (h // heads) ** -0.5, masks(n)), p + "attn.c_proj", h, h)
        x = x + conv(gelu_tanh(conv(norm(x, p + "ln_2"), p + "mlp.c_fc", h, f)), p + "mlp.c_proj", f, h)
    return norm(x, "transformer.ln_f") @ embed.T


def gpt_neox(m, ids):
    c = m.c
    h, heads, f, eps, n = c["hidden_size"], c["num_attention_heads"], c["intermediate_size"], c["layer_norm_eps"], len(ids)
    d = h // heads
    part = int(d * c["rotary_pct"])
    inv, _ = frequencies(c["rotary_emb_base"], part, None)
    x = m("gpt_neox.embed_in.weight", c["vocab_size"], h)[ids]

    def norm(y, name):
        return layer_norm(y, m(name + ".weight", h, center=1.0), m(name + ".bias", h), eps)

    def linear(y, name, rows, columns):
        return y @ m(name + ".weight", rows, columns).T + m(name + ".bias", rows)

    def turn(z):
        return np.concatenate([rotate_half(z[..., :part], inv, 1), z[..., part:]], -1)

    for l in range(c["num_hidden_layers"]):
        p = f"gpt_neox.layers.{l}."
        fused = linear(norm(x, p + "input_layernorm"), p + "attention.query_key_value", 3 * h, h).reshape(n, heads, 3 * d)
        q, k, v = fused[..., :d], fused[..., d:2 * d], fused[..., 2 * d:]
        o = linear(attend(turn(q), turn(k), v, d ** -0.5, masks(n)), p + "attention.dense", h, h)
        y = norm(x if c["use_parallel_residual"] else x + o, p + "post_attention_layernorm")
        x = x + o + linear(gelu_erf(linear(y, p + "mlp.dense_h_to_4h", f, h)), p + "mlp.dense_4h_to_h", h, f)
    return norm(x, "gpt_neox.final_layer_norm") @ m("embed_out.weight", c["vocab_size"], h).T


LLAMA = dict(hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=4,
             vocab_size=24, max_position_embeddings=32, rms_norm_eps=1e-5, rope_theta=100.0, hidden_act="silu", tie_word_embeddings=False)
GEMMA = dict(LLAMA, head_dim=6, hidden_activation="gelu_pytorch_tanh", hidden_act="gelu_pytorch_tanh", rms_norm_eps=1e-6, tie_word_embeddings=True)

CASES = {
    "llama": (llama_like, dict(LLAMA, model_type="llama")),
    "llama_linear_biases": (llama_like, dict(LLAMA, model_type="llama", attention_bias=True, mlp_bias=True, rope_scaling={"rope_type": "linear", "factor": 2.5})),
    "llama_llama3": (llama_like, dict(LLAMA, model_type="llama", head_dim=8, rope_theta=1000.0, rope_scaling={
        "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 64})),
    "llama_yarn": (llama_like, dict(LLAMA, model_type="llama", head_dim=8, rope_theta=1000.0, rope_scaling={
        "rope_type": "yarn", "factor": 4.0, "beta_fast": 8.0, "beta_slow": 1.0, "original_max_position_embeddings": 128})),
    "mistral": (llama_like, dict(LLAMA, model_type="mistral", sliding_window=5)),
    "mixtral": (llama_like, dict(LLAMA, model_type="mixtral", sliding_window=None, num_local_experts=4, num_experts_per_tok=2)),
    "qwen2": (llama_like, dict(LLAMA, model_type="qwen2", tie_word_embeddings=True, use_sliding_window=False, sliding_window=4, max_window_layers=1)),
    "qwen2_window": (llama_like, dict(LLAMA, model_type="qwen2", use_sliding_window=True, sliding_window=4, max_window_layers=1)),
    "qwen3": (llama_like, dict(LLAMA, model_type="qwen3", head_dim=6, attention_bias=False, rms_norm_eps=1e-6)),
    "qwen2_moe": (llama_like, dict(LLAMA, model_type="qwen2_moe", num_experts=6, num_experts_per_tok=3, moe_intermediate_size=8,
                                   shared_expert_intermediate_size=12, norm_topk_prob=False, decoder_sparse_step=1, mlp_only_layers=[])),
    "qwen3_moe": (llama_like, dict(LLAMA, model_type="qwen3_moe", num_experts=6, num_experts_per_tok=3, moe_intermediate_size=8, attention_bias=False,
                                   norm_topk_prob=True, decoder_sparse_step=1, mlp_only_layers=[])),
    "qwen3_moe_dense_first": (llama_like, dict(LLAMA, model_type="qwen3_moe", num_experts=4, num_experts_per_tok=2, moe_intermediate_size=8, attention_bias=False,
                                               norm_topk_prob=True, decoder_sparse_step=1, mlp_only_layers=[0])),
    "gemma": (gemma, dict(GEMMA, model_type="gemma", num_key_value_heads=1)),
    "gemma2": (gemma, dict(GEMMA, model_type="gemma2", query_pre_attn_scalar=6, attn_logit_softcapping=5.0, final_logit_softcapping=3.0, sliding_window=4)),
    "gemma3": (gemma, dict(GEMMA, model_type="gemma3_text", num_hidden_layers=6, query_pre_attn_scalar=6, sliding_window=4, sliding_window_pattern=6,
                           rope_theta=10000.0, rope_local_base_freq=100.0, rope_scaling={"rope_type": "linear", "factor": 8.0})),
    "gpt2": (gpt2, dict(model_type="gpt2", n_embd=16, n_head=4, n_layer=2, n_positions=32, vocab_size=24, layer_norm_epsilon=1e-5, activation_function="gelu_new")),
    "gpt_neox": (gpt_neox, dict(model_type="gpt_neox", hidden_size=32, num_attention_heads=4, num_hidden_layers=2, intermediate_size=40, vocab_size=24,
                                max_position_embeddings=32, layer_norm_eps=1e-5, rotary_pct=0.5, rotary_emb_base=100.0, use_parallel_residual=True, hidden_act="gelu")),
    "gpt_neox_serial": (gpt_neox, dict(model_type="gpt_neox", hidden_size=16, num_attention_heads=4, num_hidden_layers=2, intermediate_size=24, vocab_size=24,
                                       max_position_embeddings=32, layer_norm_eps=1e-5, rotary_pct=1.0, rotary_emb_base=100.0, use_parallel_residual=False,
                                       hidden_act="gelu")),
    "llama4": (llama4, dict(model_type="llama4", text_config=dict(
        LLAMA, model_type="llama4_text", num_hidden_layers=4, intermediate_size=8, intermediate_size_mlp=24, num_local_experts=4, num_experts_per_tok=1,
        interleave_moe_layer_step=2, use_qk_norm=True, attention_chunk_size=5, attn_temperature_tuning=True, attn_scale=0.1, floor_scale=4,
        attention_bias=False))),
    "llama4_published": (llama4, dict(model_type="llama4", text_config=dict(
        LLAMA, model_type="llama4_text", num_hidden_layers=4, intermediate_size=8, intermediate_size_mlp=24, num_local_experts=4, num_experts_per_tok=1,
        interleave_moe_layer_step=2, use_qk_norm=True, attention_chunk_size=8192, attn_temperature_tuning=True, attn_scale=0.1, floor_scale=8192,
        attention_bias=False))),
    "llama4_all_mixture": (llama4, dict(model_type="llama4", text_config=dict(
        LLAMA, model_type="llama4_text", num_hidden_layers=4, intermediate_size=8, intermediate_size_mlp=24, num_local_experts=4, num_experts_per_tok=1,
        interleave_moe_layer_step=1, use_qk_norm=False, attention_chunk_size=8, attn_temperature_tuning=False, attn_scale=0.1, floor_scale=8192,
        attention_bias=False))),
}

if __name__ == "__main__":
    ids = [3, 17, 0, 9, 22, 5, 5, 14, 1, 20, 11, 8]
    cases = []
    for name, (run, config) in CASES.items():
        model = Model(config)
        logits = run(model, ids)
        cases.append('{"name": %s,\n "config": %s,\n "tensors": %s,\n "logits": %s}' % (
            json.dumps(name), json.dumps(config), json.dumps(model.tensors), json.dumps([[round(float(z), 6) for z in logits[t]] for t in (5, 11)])))
    print('{"ids": %s, "positions": [5, 11],\n"cases": [\n%s\n]}' % (json.dumps(ids), ",\n".join(cases)))
