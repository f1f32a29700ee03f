# Logits of nina-mini with a LoRA adapter in float64: a forward pass written from the public description of Llama, W + scale * B A applied by hand.
# Without an adapter it gives the logits of golden.json. Usage: python3 lora_reference.py samples/models/nina-mini; its figures are in PatchTests.cs.
import json, struct, numpy as np, sys
base = sys.argv[1]
def load(p):
    b=open(p,'rb').read(); n=struct.unpack('<Q',b[:8])[0]; h=json.loads(b[8:8+n]); out={}
    for k,v in h.items():
        if k=='__metadata__': continue
        s,e=v['data_offsets']; raw=np.frombuffer(b[8+n+s:8+n+e],dtype=np.uint16).astype(np.uint32)<<16
        out[k]=raw.view(np.float32).astype(np.float64).reshape(v['shape'])
    return out
w=load(base+'/model.safetensors')
def val(seed,rows,cols,amp):
    i=np.arange(rows)[:,None]; j=np.arange(cols)[None,:]
    return (((i*31+j*17+seed*13)%101)-50)/50.0*amp          # exact in float32 after rounding
modules=[(f'model.layers.{l}.{m}') for l in range(4) for m in ('self_attn.q_proj','self_attn.v_proj','mlp.gate_proj','mlp.down_proj')]
def apply(r,alpha,rs):
    out=dict(w)
    for s,m in enumerate(modules):
        W=w[m+'.weight']; A=val(s,r,W.shape[1],0.05).astype(np.float32).astype(np.float64); B=val(s+7,W.shape[0],r,0.02).astype(np.float32).astype(np.float64)
        sc=alpha/np.sqrt(r) if rs else alpha/r
        out[m+'.weight']=W+sc*(B@A)
    return out
def fwd(w,ids):
    x=w['model.embed_tokens.weight'][ids] if 'model.embed_tokens.weight' in w else w['lm_head.weight'][ids]
    E=w.get('model.embed_tokens.weight',w.get('lm_head.weight'))
    T=len(ids); hs=16; H=8; KV=4
    rms=lambda v,g: v/np.sqrt((v*v).mean(-1,keepdims=True)+1e-5)*g
    inv=1/10000**(np.arange(0,hs,2)/hs); ang=np.arange(T)[:,None]*inv[None]; c=np.concatenate([np.cos(ang)]*2,1); s=np.concatenate([np.sin(ang)]*2,1)
    rot=lambda q: q*c[:,None]+np.concatenate([-q[...,hs//2:],q[...,:hs//2]],-1)*s[:,None]
    for l in range(4):
        p=f'model.layers.{l}.'; h=rms(x,w[p+'input_layernorm.weight'])
        q=rot((h@w[p+'self_attn.q_proj.weight'].T).reshape(T,H,hs)); k=rot((h@w[p+'self_attn.k_proj.weight'].T).reshape(T,KV,hs)); v=(h@w[p+'self_attn.v_proj.weight'].T).reshape(T,KV,hs)
        k=np.repeat(k,H//KV,1); v=np.repeat(v,H//KV,1)
        a=np.einsum('thd,shd->hts',q,k)/np.sqrt(hs); a=np.where(np.tril(np.ones((T,T),bool)),a,-1e30); a=np.exp(a-a.max(-1,keepdims=True)); a/=a.sum(-1,keepdims=True)
        x=x+np.einsum('hts,shd->thd',a,v).reshape(T,-1)@w[p+'self_attn.o_proj.weight'].T
        h=rms(x,w[p+'post_attention_layernorm.weight']); g=h@w[p+'mlp.gate_proj.weight'].T
        x=x+((g/(1+np.exp(-g)))*(h@w[p+'mlp.up_proj.weight'].T))@w[p+'mlp.down_proj.weight'].T
    return rms(x,w['model.norm.weight'])@E.T
g=json.load(open(base+'/golden.json'))['prompts'][0]; ids=g['ids']
print(g['text'],ids)
b=fwd(w,ids)[-1]; print('base',[(t,round(b[t],5)) for t,_ in g['top5']], g['top5'])
for r,alpha,rs in ((4,8,False),(4,6,True)):
    o=fwd(apply(r,alpha,rs),ids)[-1]; top=np.argsort(-o)[:6]
    print(r,alpha,rs,[(int(t),round(float(o[t]),5)) for t in top], 'max change',abs(o-b).max())
