var r=class{static fromConfig(){throw new Error("zstd is decoded by the worker")}};export{r as default};
