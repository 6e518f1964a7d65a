async function t(n,i){if(n!==null)try{let e=await fetch(new URL(n,i));return e.ok?await e.json():void 0}catch{return}}export{t as a};
